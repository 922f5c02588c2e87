"""Time zones by the names people use: cities, countries, abbreviations, offsets.

Cities come from the IANA database; the tables below hold what it does not name. Only names found
in one of them ever reach `ZoneInfo`, which reads a file.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import timedelta, timezone, tzinfo
from functools import cache
from types import MappingProxyType
from zoneinfo import ZoneInfo, available_timezones

_NAMES_BY_ZONE = MappingProxyType(
    {
        "Africa/Cairo": "alexandria, egypt",
        "Africa/Casablanca": "morocco, marrakesh, rabat",
        "Africa/Johannesburg": "cape town, durban, pretoria, south africa",
        "Africa/Lagos": "abuja, nigeria",
        "Africa/Nairobi": "kenya",
        "America/Argentina/Buenos_Aires": "argentina, buenos aires",
        "America/Bogota": "colombia, medellin",
        "America/Chicago": "ct, central, austin, dallas, houston, memphis, milwaukee, minneapolis,"
        " nashville, new orleans, san antonio, st louis, texas",
        "America/Denver": "mt, mountain, salt lake city, colorado",
        "America/Lima": "peru",
        "America/Los_Angeles": "pt, pacific, la, las vegas, portland, sacramento, san diego,"
        " san francisco, san jose, seattle, silicon valley, california, west coast",
        "America/Mexico_City": "guadalajara",
        "America/New_York": "et, eastern, atlanta, baltimore, boston, charlotte, cleveland, miami,"
        " new york city, nyc, orlando, philadelphia, pittsburgh, washington, washington dc,"
        " florida, east coast",
        "America/Phoenix": "arizona",
        "America/Santiago": "chile",
        "America/Sao_Paulo": "brasilia, rio, rio de janeiro",
        "America/Toronto": "montreal, ottawa, quebec",
        "America/Vancouver": "victoria",
        "America/Edmonton": "calgary",
        "Asia/Dubai": "abu dhabi, emirates, uae, united arab emirates",
        "Asia/Ho_Chi_Minh": "hanoi, saigon, vietnam",
        "Asia/Hong_Kong": "hongkong",
        "Asia/Jakarta": "bandung",
        "Asia/Jerusalem": "haifa, israel",
        "Asia/Kabul": "afghanistan",
        "Asia/Karachi": "islamabad, lahore, pakistan",
        "Asia/Kathmandu": "nepal",
        "Asia/Kolkata": "ist, india, bangalore, bengaluru, chennai, delhi, hyderabad, mumbai,"
        " new delhi, pune",
        "Asia/Kuala_Lumpur": "malaysia",
        "Asia/Manila": "philippines",
        "Asia/Qatar": "doha",
        "Asia/Riyadh": "jeddah, mecca, saudi arabia",
        "Asia/Seoul": "kst, busan, korea, south korea",
        "Asia/Shanghai": "beijing, chengdu, china, guangzhou, shenzhen, wuhan",
        "Asia/Taipei": "taiwan",
        "Asia/Tehran": "iran",
        "Asia/Bangkok": "thailand",
        "Asia/Dhaka": "bangladesh",
        "Asia/Colombo": "sri lanka",
        "Asia/Tokyo": "jst, japan, kyoto, nagoya, osaka, sapporo, yokohama",
        "Atlantic/Reykjavik": "iceland",
        "Australia/Sydney": "canberra",
        "Europe/Amsterdam": "holland, netherlands, rotterdam, the hague",
        "Europe/Athens": "greece",
        "Europe/Belgrade": "serbia",
        "Europe/Berlin": "bonn, cologne, dusseldorf, frankfurt, germany, hamburg, leipzig, munich,"
        " stuttgart",
        "Europe/Brussels": "antwerp, belgium",
        "Europe/Bucharest": "romania",
        "Europe/Budapest": "hungary",
        "Europe/Copenhagen": "denmark",
        "Europe/Dublin": "ireland",
        "Europe/Helsinki": "finland",
        "Europe/Istanbul": "ankara, turkey",
        "Europe/Kyiv": "ukraine",
        "Europe/Lisbon": "porto, portugal",
        "Europe/London": "birmingham, britain, cambridge, cardiff, edinburgh, england, glasgow,"
        " great britain, liverpool, manchester, oxford, scotland, uk, united kingdom, wales",
        "Europe/Luxembourg": "luxemburg",
        "Europe/Madrid": "barcelona, seville, spain, valencia",
        "Europe/Moscow": "saint petersburg, st petersburg",
        "Europe/Oslo": "bergen, norway",
        "Europe/Paris": "france, lyon, marseille, nice, strasbourg, toulouse",
        "Europe/Prague": "czechia, czech republic",
        "Europe/Rome": "florence, italy, milan, naples, turin, venice",
        "Europe/Sofia": "bulgaria",
        "Europe/Stockholm": "gothenburg, sweden",
        "Europe/Vienna": "austria, salzburg",
        "Europe/Warsaw": "krakow, poland",
        "Europe/Zagreb": "croatia",
        "Europe/Zurich": "basel, bern, geneva, switzerland",
        "Pacific/Auckland": "new zealand, wellington",
        "Pacific/Honolulu": "hawaii",
        "America/Anchorage": "alaska",
        "UTC": "gmt, z, zulu, greenwich",
    }
)
_HOURS_BY_ABBREVIATION: Mapping[str, float] = MappingProxyType(
    {
        **{"pst": -8, "pdt": -7, "mst": -7, "mdt": -6, "cst": -6, "cdt": -5, "est": -5},
        **{"edt": -4, "wet": 0, "west": 1, "bst": 1, "cet": 1, "cest": 2, "eet": 2, "eest": 3},
        **{"msk": 3, "sgt": 8, "hkt": 8, "awst": 8, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13},
        **{"hst": -10, "akst": -9, "akdt": -8, "acst": 9.5, "acdt": 10.5},
    }
)
_CITIES_BY_COUNTRY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **dict.fromkeys(
            ("usa", "us", "united states", "united states of america", "america", "states"),
            ("New York", "Chicago", "Denver", "Los Angeles"),
        ),
        "australia": ("Sydney", "Brisbane", "Adelaide", "Darwin", "Perth"),
        "brazil": ("São Paulo", "Manaus"),
        "canada": ("Toronto", "Winnipeg", "Edmonton", "Vancouver", "Halifax"),
        "europe": ("London", "Paris", "Athens"),
        "indonesia": ("Jakarta", "Makassar", "Jayapura"),
        "mexico": ("Mexico City", "Tijuana"),
        "russia": ("Moscow", "Yekaterinburg", "Novosibirsk", "Vladivostok"),
    }
)
_REGIONS = frozenset(
    {
        *("Africa", "America", "Antarctica", "Arctic", "Asia"),
        *("Atlantic", "Australia", "Europe", "Indian", "Pacific"),
    }
)
_NO_PLACES = frozenset({"north", "south", "west"})
_OFFSET = re.compile(r"(?:utc|gmt)? ?([+-])(\d{1,2})(?::?(\d{2}))?")
_FILLERS = re.compile(r"^(?:the|city of) | (?:time|local|timezone|time zone|standard time)$")


def find_zone(place: str) -> tzinfo | None:
    """The time zone of a city, a country with one zone, an abbreviation or an offset."""
    name = _normal(place)
    if offset := _OFFSET.fullmatch(name):
        return _fixed(offset)
    if name in _HOURS_BY_ABBREVIATION:
        return timezone(timedelta(hours=_HOURS_BY_ABBREVIATION[name]), name.upper())
    key = _zone_names().get(name)
    return ZoneInfo(key) if key else None


def cities_of(place: str) -> tuple[str, ...]:
    """A city for each of the main time zones, where the place is a country with several."""
    return _CITIES_BY_COUNTRY.get(_normal(place), ())


def _normal(place: str) -> str:
    letters = unicodedata.normalize("NFKD", place.strip()[:60]).replace("−", "-")
    plain = "".join(c for c in letters if not unicodedata.combining(c)).casefold()
    words = " ".join(plain.replace("_", " ").replace(".", "").replace(",", " ").split())
    return _FILLERS.sub("", _FILLERS.sub("", words))


def _fixed(offset: re.Match[str]) -> tzinfo | None:
    sign, hours, minutes = offset.groups(default="0")
    distance = timedelta(hours=int(hours), minutes=int(minutes))
    if distance > timedelta(hours=14) or int(minutes) > 59:
        return None
    return timezone(-distance if sign == "-" else distance)


@cache
def _zone_names() -> Mapping[str, str]:
    """Zone by name. The first use reads the database's folder."""
    names = {}
    zones = sorted(available_timezones())
    for zone in zones:
        region, _, city = zone.rpartition("/")
        if region.split("/")[0] in _REGIONS and _normal(city) not in _NO_PLACES:
            names[_normal(city)] = zone
        elif not region:
            names[_normal(zone)] = zone
    names |= {_normal(zone): zone for zone in zones}
    for zone, aliases in _NAMES_BY_ZONE.items():
        names |= dict.fromkeys(aliases.split(", "), zone)
    return MappingProxyType(names)
