"""`python -m talentbank`: the same as the `talentbank` command."""

from talentbank.cli import main

if __name__ == "__main__":
    main()
