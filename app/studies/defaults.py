"""What the form of a new study begins with where no preset was chosen. All of it is there to be
changed; a preset (presets/*.yaml) says more.
"""

from types import MappingProxyType
from typing import Any

from specs.study.design import StudyDesign

DESIGN = StudyDesign.model_validate(
    {"criteria": [{"key": "correctness", "levels": 3}, {"key": "naturalness", "levels": 3}]}
)
# In English, as every study has it; whoever makes the study fills in what is theirs.
WORDS: MappingProxyType[str, Any] = MappingProxyType(
    {
        "languages": {
            "en": {
                "title": "",
                "about": "",
                "runner": "",
                "duration": "20 minutes",
                "consent": (
                    "You take part of your own free will and can stop at any time. Your ratings "
                    "are used for research, without your name."
                ),
                "guide": (
                    "Look at the picture and read what it was to show.\n\n"
                    "Then answer from what you know of the place. There is no right answer but "
                    "yours."
                ),
                "thanks": "Thank you.",
                "criteria": {
                    "correctness": {
                        "name": "Correctness",
                        "question": "Is what you see what was asked for, as people there know it?",
                        "anchors": ["No", "In part", "Yes"],
                    },
                    "naturalness": {
                        "name": "Naturalness",
                        "question": "Does the picture look natural?",
                        "anchors": ["Not natural", "In part", "Natural"],
                    },
                },
            }
        }
    }
)
