"""`python -m llamo.cli`."""

from llamo.cli import main

if __name__ == "__main__":
    main()
