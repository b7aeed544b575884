"""Text: text of any length, with line breaks."""

from headwater.records.fields.string import String


class Text(String):
    """Text of many lines; never multi."""

    name = "Text"
    may_be_multi = False
