"""Pictures of models and of what they are held against: needs matplotlib, ``pip install 'engagement[plot]'``.

Every function draws on ``ax``, or on new axes of 6 × 4 inches, and returns the axes; further keyword arguments go to the artist
that draws the main thing. None needs more than parameters and small tables, so none grows with the number of customers.
"""

try:
    import matplotlib as _matplotlib  # noqa: F401
    import numpy as _numpy  # noqa: F401
except ImportError as _error:
    raise ImportError("engagement.plot needs matplotlib; pip install 'engagement[plot]'", name=_error.name) from _error

from engagement.plot.against_data import (
    calibration,
    calibration_purchases_vs_holdout_purchases,
    period_transactions,
    pmf,
)
from engagement.plot.along_time import (
    cumulative_transactions,
    expected_repeat_purchases,
    history_alive,
    incremental_transactions,
    kaplan_meier,
    tracking,
)
from engagement.plot.heat import cohort_heatmap, frequency_recency_matrix, probability_alive_matrix
from engagement.plot.heterogeneity import dropout_rate_heterogeneity, transaction_rate_heterogeneity

__all__ = [
    "calibration",
    "calibration_purchases_vs_holdout_purchases",
    "cohort_heatmap",
    "cumulative_transactions",
    "dropout_rate_heterogeneity",
    "expected_repeat_purchases",
    "frequency_recency_matrix",
    "history_alive",
    "incremental_transactions",
    "kaplan_meier",
    "period_transactions",
    "pmf",
    "probability_alive_matrix",
    "tracking",
    "transaction_rate_heterogeneity",
]
