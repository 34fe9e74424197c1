import sys

from tests.sabotage import main

sys.exit(main(sys.argv[1:]))
