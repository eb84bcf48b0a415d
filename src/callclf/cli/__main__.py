"""`python -m callclf.cli`."""

import sys

from callclf.cli import main

sys.exit(main())
