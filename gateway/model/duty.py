"""Duties, taxes and fees, and amounts of money."""

from __future__ import annotations

from decimal import Decimal

from gateway.model.base import Line, Measure, Part, wco

#: An amount of money: its unit is the currency (ISO 4217), as written.
Amount = Measure


class Duty(Part):
    """A duty, tax or fee on goods: what it is counted from, at which rate, how it is paid (WCO class 50A)."""

    type: Line | None = wco("113", "Duty Tax Fee. Type. Code")
    regime: Line | None = wco("164", "Duty Tax Fee. Duty Regime. Code")
    base_value: Amount | None = wco("116", "Duty Tax Fee. Ad Valorem Tax Base. Amount")
    base_quantity: Measure | None = wco("129", "Duty Tax Fee. Specific Tax Base. Quantity")
    deduction: Amount | None = wco("111", "Duty Tax Fee. Deduct. Amount")
    rate: Decimal | None = wco("115", "Duty Tax Fee. Tax Rate. Numeric")
    quota: Line | None = wco("401", "Duty Tax Fee. Quota Order. Identifier")
    payment_method: Line | None = wco("107", "Payment. Method. Code")
    assessed: Amount | None = wco("120", "Payment. Tax Assessed. Amount")
    payable: Amount | None = wco("378", "Payment. Payment. Amount")
