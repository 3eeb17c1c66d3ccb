"""`python -m vrrpscope`."""

from vrrpscope.cli import main

if __name__ == "__main__":
    main()
