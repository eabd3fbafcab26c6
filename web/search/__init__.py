"""Tìm kiếm trên web: the page of results, completion, saved searches, exports, hits on the paper."""
