"""Kho, gói, danh mục, chỉ mục: where papers, records and the ledger are kept."""
