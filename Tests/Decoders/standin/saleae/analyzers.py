"""The part of Logic 2's API for high-level analyzers that ours uses, after Saleae's documentation of API version 1.0.0."""


class ChoicesSetting:
    def __init__(self, choices, label=None):
        self.choices, self.label = tuple(choices), label


class HighLevelAnalyzer:
    """Logic 2 replaces the settings of the class by their values, before it makes an analyzer."""


class AnalyzerFrame:
    def __init__(self, type, start_time, end_time, data=None):
        assert data is None or all(isinstance(value, (str, bytes, int, float, bool)) for value in data.values())
        assert float(end_time - start_time) >= 0
        self.type, self.start_time, self.end_time, self.data = type, start_time, end_time, data or {}
