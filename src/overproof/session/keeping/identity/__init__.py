"""Identity: whether a selector, the files and the machine are the same as when a query began.

Lives here: `code_identity.py`, source and parameters; `definitions.py`, what a class depends on in its file;
`values.py`, digests of what it holds; `data_identity.py`, the files of the dataset; `fingerprint.py`, machine and
libraries.
"""
