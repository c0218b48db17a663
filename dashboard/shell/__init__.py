"""Frame around every page 外壳: the HTML document, first paint, drawer and their callbacks."""
