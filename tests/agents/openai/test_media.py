import pytest

from a2a_agent.agents.openai.media import is_image, media_type, text_in, url_of
from a2a_agent.domain.model import DataPart, FilePart, Part, TextPart


@pytest.mark.parametrize(
    ("part", "text"),
    [
        (TextPart("Hello"), "Hello"),
        (DataPart({"ü": [1, None]}), '{"ü": [1, null]}'),
        (DataPart("as it is"), "as it is"),
        (FilePart(raw=b"a,b", media_type="text/csv", filename="t.csv"), "t.csv:\na,b"),
        (FilePart(raw=b"\xff!", media_type="text/plain"), "file:\n\ufffd!"),
        (
            FilePart(url="https://example.com/t.txt", media_type="text/plain"),
            "file:\nhttps://example.com/t.txt",
        ),
        (FilePart(url="file:///etc/passwd", media_type="text/plain"), "file: it cannot be shown."),
        (
            FilePart(url="ftp://example.com/p", media_type="image/png", filename="p.png"),
            "p.png: it cannot be shown.",
        ),
        (FilePart(url="/etc/d.pdf", media_type="application/pdf"), "file: it cannot be shown."),
        (FilePart(url="data:image/png;base64,AP8=", media_type="image/png"), None),
        (FilePart(url="HTTPS://example.com/d", media_type="application/pdf"), None),
        (FilePart(raw=b"", media_type="image/png"), None),
        (FilePart(url="https://example.com/p", media_type="IMAGE/JPEG"), None),
        (FilePart(raw=b"", media_type="application/pdf; version=2"), None),
    ],
)
def test_what_is_text_is_told_as_text(part: Part, text: str | None) -> None:
    assert text_in(part) == text


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (None, "application/octet-stream"),
        ("Text/Plain; charset=utf-8", "text/plain"),
        (" image/png ", "image/png"),
    ],
)
def test_a_media_type_is_taken_without_parameters(given: str | None, found: str) -> None:
    assert media_type(FilePart(raw=b"", media_type=given)) == found


@pytest.mark.parametrize(
    ("given", "expected"), [("image/webp", True), ("text/plain", False), (None, False)]
)
def test_an_image_is_known_by_its_media_type(given: str | None, expected: bool) -> None:
    assert is_image(FilePart(raw=b"", media_type=given)) is expected


def test_bytes_are_a_url_that_holds_them_and_a_url_stays_as_it_is() -> None:
    assert url_of(FilePart(raw=b"\x00\xff", media_type="image/png; q=1")) == (
        "data:image/png;base64,AP8="
    )
    assert url_of(FilePart(url="https://example.com/p")) == "https://example.com/p"
