"""lifetimes 0.11.3 by name, computed by this package: change one import and a notebook runs as it is.

>>> from engagement.compat.lifetimes import BetaGeoFitter
>>> from engagement.compat.lifetimes.datasets import load_cdnow_summary
>>> cdnow = load_cdnow_summary()
>>> BetaGeoFitter().fit(cdnow["frequency"], cdnow["recency"], cdnow["T"])
<lifetimes.BetaGeoFitter: fitted with 2357 subjects, a: 0.79, alpha: 4.41, b: 2.43, r: 0.24>

Names, arguments and the shape of what comes back are those of lifetimes; what differs is in docs/lifetimes.md.
"""

try:
    import numpy as _numpy  # noqa: F401
    import pandas as _pandas  # type: ignore[import-untyped,import-not-found,unused-ignore]  # noqa: F401
except ImportError as _error:
    raise ImportError("engagement.compat.lifetimes needs pandas; pip install 'engagement[pandas]'", name=_error.name) from _error

from engagement.compat.lifetimes.fitters import BaseFitter
from engagement.compat.lifetimes.fitters.beta_geo_beta_binom_fitter import BetaGeoBetaBinomFitter
from engagement.compat.lifetimes.fitters.beta_geo_fitter import BetaGeoFitter
from engagement.compat.lifetimes.fitters.gamma_gamma_fitter import GammaGammaFitter
from engagement.compat.lifetimes.fitters.modified_beta_geo_fitter import ModifiedBetaGeoFitter
from engagement.compat.lifetimes.fitters.pareto_nbd_fitter import ParetoNBDFitter
from engagement.compat.lifetimes.version import __version__

__all__ = (
    "BaseFitter",
    "BetaGeoBetaBinomFitter",
    "BetaGeoFitter",
    "GammaGammaFitter",
    "ModifiedBetaGeoFitter",
    "ParetoNBDFitter",
    "__version__",
)
