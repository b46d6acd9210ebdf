"""Writes trained models for other programs: ONNX and TorchScript."""
