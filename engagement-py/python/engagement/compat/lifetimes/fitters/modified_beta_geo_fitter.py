"""MBG/NBD."""

from __future__ import annotations

from typing import Any

from engagement import MbgNbd
from engagement.compat.lifetimes.fitters.beta_geo_fitter import BetaGeoFitter
from engagement.compat.lifetimes.generate_data import modified_beta_geometric_nbd_model


class ModifiedBetaGeoFitter(BetaGeoFitter):
    """MBG/NBD: customers may leave after any purchase, the first one included."""

    _model = MbgNbd
    _generator: Any = staticmethod(modified_beta_geometric_nbd_model)
