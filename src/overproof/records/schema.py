"""What a tree offers: its branches and their types."""

from __future__ import annotations

from overproof.words.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """One branch of a TTree or one field of an RNTuple, as a user may name it.

    Attributes:
        name: name with dots for what is inside of split objects, without trailing dots.
        typename: the C++ type as the file tells it.
        kind: `"number"` (also bool), `"string"` or `"object"` (readable by selectors, not by draw).
        dtype: numpy name of the element's type, such as `"float32"`; empty unless `kind` is `"number"`.
        n_jagged: number of variable-length dimensions.
        fixed_shape: fixed dimensions behind these, outermost first.
        size_bytes: compressed bytes.
        within: object that is not split and holds the branch, a member of it; empty: the branch has data of its own.
        n_baskets: baskets (TTree) or pages (RNTuple); 0 when unknown.
        friend: the friend tree in which it is, by whose name it begins; empty: the tree's own.
    """

    name: str
    typename: str
    kind: str
    dtype: str = ""
    n_jagged: int = 0
    fixed_shape: tuple[int, ...] = ()
    size_bytes: int = 0
    n_baskets: int = 0
    within: str = ""
    friend: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """The branches of one tree.

    Attributes:
        tree: path of the tree.
        format: `"TTree"` or `"RNTuple"`.
        branches: in the order of the file; behind them those of friends, in the order in which names are looked for.
        aliases: names of expressions that are stored with the tree, each with its expression.
        identity: which version of the file was looked into; empty where that cannot be told, as for remote files; with
            friends, theirs too.
        friends: paths of the files that are read beside it, in the order of the identities.
        beside: for each friend, its name and that of its tree, in the order in which names are looked for.
        absent: for each friend that the tree names and that cannot be had, one line that says so.
        titles: digest of how the tree and its branches are titled; empty where nobody has looked.
    """

    tree: str
    format: str
    branches: tuple[Branch, ...]
    identity: str = ""
    aliases: tuple[tuple[str, str], ...] = ()
    friends: tuple[str, ...] = ()
    beside: tuple[tuple[str, str], ...] = ()
    absent: tuple[str, ...] = ()
    titles: str = ""
