"""What a district sets for its partners: how strictly codes are checked and how far a search goes."""

from __future__ import annotations

from engine.extend import Setting, Text, ValueType

SETTINGS = (
    Setting(
        "check_code",
        ValueType("boolean"),
        Text("核对统一社会信用代码的校验位", "check the check sign of credit codes"),
        True,
    ),
    Setting("within", ValueType("integer"), Text("沿单位树最远找几步", "steps along the unit tree at most"), 8, min=0),
)
