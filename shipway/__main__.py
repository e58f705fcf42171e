"""`python -m shipway` is `shipway`."""

from shipway.cli import main

main()
