"""Entry lists: recorded by one query, saved, and processed by later ones.

Lives here: the list as a user has it (`entry_list.py`), and the files of a dataset that it chooses (`choosing.py`).
Comes in: entries that a draw has recorded, or a file of them. Goes out: files with just these entries.
Start with `entry_list.py`.
"""

from overproof.session.entries.choosing import EntriesLike, choose_entries, specs_of
from overproof.session.entries.entry_list import EntryList, load_entry_list

__all__ = ["EntriesLike", "EntryList", "choose_entries", "load_entry_list", "specs_of"]
