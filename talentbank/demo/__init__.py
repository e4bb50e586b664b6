"""The demonstration: the pilot's story and a synthetic district, played through the workflows that users take.

Nothing here writes a row past a workflow. Every invented person, firm and figure carries a label: 示例 (illustrative)
in the story, 合成数据 (synthetic) in the district.
"""

from talentbank.demo.building import build, days_to_play

__all__ = ["build", "days_to_play"]
