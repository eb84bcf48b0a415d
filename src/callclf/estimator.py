"""The scikit-learn estimator contract, without importing scikit-learn.

Importing scikit-learn costs about 0.9 s and 165 MB, more than all the rest of tagging a call. The
contract is small: parameters are stored as given, `get_params` and `set_params` read and write
them, and `__sklearn_tags__` says what kind of estimator this is. `tests/test_classifier.py` holds
it against scikit-learn's own `clone`, `cross_val_score` and `GridSearchCV`.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Self

from callclf.errors import unknown_name

if TYPE_CHECKING:
    from sklearn.utils import Tags as SklearnTags

__all__ = ["Estimator"]


class Estimator:
    """Base of an estimator whose parameters are its constructor's keyword arguments."""

    @classmethod
    def _param_names(cls) -> list[str]:
        signature = inspect.signature(cls.__init__)
        return [name for name in signature.parameters if name != "self"]

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the constructor's arguments; `deep` changes nothing, there are no inner ones."""
        return {name: getattr(self, name) for name in self._param_names()}

    def set_params(self, **params: Any) -> Self:
        """Set constructor arguments by name.

        Raises
        ------
        ValueError
            If there is no such parameter.
        """
        known = self._param_names()
        for name, value in params.items():
            if name not in known:
                raise ValueError(unknown_name("parameter", name, known))
            setattr(self, name, value)
        return self

    def __sklearn_tags__(self) -> SklearnTags:
        # Here: only scikit-learn asks, so it has been imported already.
        from sklearn.utils import ClassifierTags, InputTags, Tags, TargetTags

        return Tags(
            estimator_type="classifier",
            target_tags=TargetTags(required=True, multi_output=True),
            classifier_tags=ClassifierTags(multi_class=False, multi_label=True),
            input_tags=InputTags(two_d_array=False, string=False),
        )
