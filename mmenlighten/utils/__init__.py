"""Small helpers without a better home: files, images, seeds, errors, version workarounds."""
