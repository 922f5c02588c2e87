"""The page at `/`: says to a person with a browser what this is."""

from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse

from a2a_agent.http.card import CardEndpoint
from a2a_agent.runtime.agent import AgentDescription
from a2a_agent.settings import CARD_PATHS

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{name}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem}}
pre,code{{background:#8882;border-radius:4px;padding:.1em .3em}}pre{{padding:1em;overflow:auto}}
</style></head><body>
<h1>{name}</h1><p>{description}</p>
<p>This is an agent that speaks <a href="https://a2a-protocol.org">A2A</a> 0.3 and 1.0 over
JSON-RPC. Its <a href="{card}">card</a> tells other agents what it can do.</p>
{skills}
<h2>Talk to it</h2>
<pre>a2a-agent send {url} "Hello" --stream</pre>
</body></html>
"""


class Page:
    """Answers with the page."""

    def __init__(self, description: AgentDescription, card: CardEndpoint) -> None:
        self._description = description
        self._card = card

    async def __call__(self, request: Request) -> HTMLResponse:
        prefix = request.scope.get("root_path", "").rstrip("/")
        page = _PAGE.format(
            name=escape(self._description.name),
            description=escape(self._description.description),
            card=escape(prefix + CARD_PATHS[0]),
            skills=self._skills(),
            url=escape(self._card.url(request)),
        )
        policy = "default-src 'none'; style-src 'unsafe-inline'"
        return HTMLResponse(page, headers={"content-security-policy": policy})

    def _skills(self) -> str:
        rows = [
            f"<li><b>{escape(skill.name)}</b>: {escape(skill.description)}"
            + "".join(f"<br><code>{escape(example)}</code>" for example in skill.examples)
            + "</li>"
            for skill in self._description.skills
        ]
        return f"<h2>What it can do</h2><ul>{''.join(rows)}</ul>" if rows else ""
