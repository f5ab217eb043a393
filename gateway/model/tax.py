"""Duties, taxes and fees, and amounts of money."""

from __future__ import annotations

from decimal import Decimal

from gateway.model.base import Coded, Line, Measure, Part, wco

#: An amount of money: its unit is the currency (ISO 4217), as written.
Money = Measure


class Tax(Part):
    """A duty, tax or fee: its type, the rate, what it is reckoned on, and what it comes to (WCO class 50A).

    `base` is what a message says of the base without saying whether it is a value or a quantity.
    """

    function: Line | None = None
    type: Coded | None = wco("113", "Duty Tax Fee. Type. Code")
    regime: Line | None = wco("164", "Duty Tax Fee. Duty Regime. Code")
    category: Line | None = None
    rate: Decimal | None = wco("115", "Duty Tax Fee. Tax Rate. Numeric")
    base: Line | None = None
    base_value: Money | None = wco("116", "Duty Tax Fee. Ad Valorem Tax Base. Amount")
    base_quantity: Measure | None = wco("129", "Duty Tax Fee. Specific Tax Base. Quantity")
    deduction: Money | None = wco("111", "Duty Tax Fee. Deduct. Amount")
    quota: Line | None = wco("401", "Duty Tax Fee. Quota Order. Identifier")
    amount: Money | None = wco("120", "Payment. Tax Assessed. Amount")
    payable: Money | None = wco("378", "Payment. Payment. Amount")
    payment: Coded | None = wco("107", "Payment. Method. Code")
