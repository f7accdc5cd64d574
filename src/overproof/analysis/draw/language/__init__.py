"""The grammar of TTree::Draw: from text to a tree of nodes that know where they stand.

Lives here: tokens, syntax (the nodes), grammar (precedence), redirection (`>>name(...)`) and the vocabulary: every
name that is known, and those that are refused. No schema, no types.
Comes in: texts. Goes out: nodes of `syntax.py`. Start with `grammar.py`.
"""

__all__: list[str] = []
