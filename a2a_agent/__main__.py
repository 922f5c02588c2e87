"""`python -m a2a_agent`: the same as `a2a-agent`."""

from a2a_agent.cli.main import main

main()
