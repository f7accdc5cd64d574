"""Processors of coffea as selectors.

Lives here: the selector that runs one (`processor.py`), and what coffea's `accumulate` means by "+" where it differs
from ours (`accumulated.py`). Nothing of coffea is imported: a processor is whatever has `process` and `postprocess`.
Comes in: a processor, or a function of NanoEvents. Goes out: a `Selector`. Start with `processor.py`.
"""

from overproof.analysis.processors.processor import BareOutput, ProcessorSelector, is_processor

__all__ = ["BareOutput", "ProcessorSelector", "is_processor"]
