"""`functools.cached_property` that takes no lock.

Python 3.11's holds one lock a class while it computes. A process that is forked while another
thread computes gets the lock held, by a thread that it does not have, and waits for ever; and
threads that compute the property of different objects wait for each other. Later Pythons have no
such lock: two threads that ask one object at once may both compute, and one result stays.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

__all__ = ["cached_property"]

if TYPE_CHECKING or sys.version_info >= (3, 12):
    from functools import cached_property
else:

    class cached_property:
        """Computed once an object, then an attribute like others."""

        def __init__(self, compute: Callable[[Any], Any]) -> None:
            self.compute = compute
            self.__doc__ = compute.__doc__

        def __set_name__(self, owner: type, name: str) -> None:
            self.name = name

        def __get__(self, instance: Any, owner: type | None = None) -> Any:
            if instance is None:
                return self
            # Python looks into the object's own dictionary first, so this is asked for once.
            value = instance.__dict__[self.name] = self.compute(instance)
            return value
