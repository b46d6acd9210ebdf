# Global histogram equalisation of V.
model = dict(type='HistogramEqualization', channel='hsv', keep_flat=True)
