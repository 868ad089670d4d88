"""What a finding looks like: geometry in pixels, computed here and drawn as SVG by the templates."""
