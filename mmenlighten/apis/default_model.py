"""The model where none is named; apart, so that the help of a command can name it at once."""

DEFAULT_MODEL = 'bilateral_curves_s'
"""Its weights are in the package, for onnxruntime too."""
