"""What is written on the command line, read: files and expressions, names with values, selectors.

Comes in: texts. Goes out: values, or an error that says how to write it. Start with `arguments.py`.
"""
