"""One page of HTML without scripts and without anything from elsewhere."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from conformance.reports.account import Account, names
from conformance.verdict import Verdict


def text(account: Account) -> str:
    """The page."""
    environment = Environment(
        loader=PackageLoader("conformance.reports", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    template = environment.get_template("report.html.jinja")
    return template.render(account=account, names=names, Verdict=Verdict) + "\n"
