"""Write the files that the examples read where you have none of your own: python gallery.py DIRECTORY."""

import sys

from overproof.testing import write_gallery

gallery = write_gallery(sys.argv[1] if len(sys.argv) > 1 else "demo/gallery")
print(f"NanoAOD {gallery.nano}, PHYSLITE {gallery.physlite}, EDM4HEP {gallery.edm4hep}: 10,000 events of dice each")
