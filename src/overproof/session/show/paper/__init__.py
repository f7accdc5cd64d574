"""Histograms as pictures in files and notebooks, drawn with matplotlib and mplhep.

Lives here: what stands together in one frame (`frames.py`), how one dimension (`curves.py`) and two (`maps.py`) are
drawn, their texts (`texts.py`), and the picture as a file (`picture.py`).
Comes in: histograms by name and a style. Goes out: PNG, PDF and SVG. Start with `plot.py`, the public face.
"""

__all__: list[str] = []
