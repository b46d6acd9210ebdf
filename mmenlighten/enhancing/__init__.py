"""Enhances photographs and videos: pictures in memory, files, folders, and many machines."""
