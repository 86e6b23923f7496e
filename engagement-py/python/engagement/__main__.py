"""``python -m engagement`` is the command line."""

import sys

from engagement._cli import main

if __name__ == "__main__":
    sys.exit(main())
