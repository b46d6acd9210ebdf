# Global histogram equalisation of V.
model = dict(type='HistogramEqualization', channel='hsv')
