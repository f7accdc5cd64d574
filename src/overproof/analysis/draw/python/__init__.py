"""The Python dialect: the same questions, asked in Python with the meaning of awkward arrays.

Lives here: Python's own parser behind a strict list (source, reading, syntax), names and kinds (resolve, calls,
subscripts, typed), the table of what is known (vocabulary), and the rows that a kernel computes (rows).
Comes in: texts and the schema of a tree. Goes out: `PythonRows`. Nothing of the text is ever run.
Start with `reading.py`; import names from their files.
"""

__all__: list[str] = []
