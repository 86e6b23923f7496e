"""The console script; the command line itself is in Rust."""

from __future__ import annotations

import os
import sys

from engagement import _native
from engagement.datasets import cdnow


def main() -> int:
    """Run the command line and return its exit code."""
    arguments = ["engagement", *sys.argv[1:]]
    try:
        return _native._main(arguments, str(cdnow()))
    except KeyboardInterrupt:
        # The worker thread may still be in the middle of something; nothing here waits for it.
        os._exit(130)


if __name__ == "__main__":
    sys.exit(main())
