"""What a calibration is made from: control points, the lens, the robust fit and its errors."""
