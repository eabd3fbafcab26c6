"""The names one may ask for: kinds of paper, layouts, qualities."""

KINDS: dict[str, str] = {
    "qd_ca_nhan": "Quyết định về một cá nhân, hộ gia đình",
    "qd_danh_muc": "Quyết định có danh mục kèm theo",
    "cong_van": "Công văn",
    "ke_hoach": "Kế hoạch có phụ lục bảng",
    "thong_bao": "Thông báo",
    "to_trinh": "Tờ trình",
    "gp_xay_dung": "Giấy phép xây dựng",
    "gp_kinh_doanh": "Giấy phép kinh doanh (rượu, thuốc lá, ...)",
    "gcn_ho_kinh_doanh": "Giấy chứng nhận đăng ký hộ kinh doanh",
    "gcn_attp": "Giấy chứng nhận an toàn thực phẩm",
    "chung_chi": "Chứng chỉ hành nghề",
    "giay_xac_nhan": "Giấy xác nhận",
    "trich_luc": "Trích lục hộ tịch",
    "bien_ban": "Biên bản",
    "giay_moi": "Giấy mời",
    "bao_cao": "Báo cáo",
    "ke_hoach_lon": "Kế hoạch có chỉ tiêu, trách nhiệm, phụ lục dài, ô gộp (chỉ khi được gọi tên)",
    "mat": "Văn bản có dấu chỉ độ mật (chỉ khi được gọi tên)",
}
"""Kinds of paper. Those of ASKED_FOR are made only when they are asked for by name."""
ASKED_FOR = ("mat", "ke_hoach_lon")

LAYOUTS: dict[str, str] = {
    "nd30": "theo Nghị định 30/2020",
    "tt01": "theo Thông tư 01/2011 và trước đó",
    "typewriter": "máy chữ, in kim",
    "template": "mẫu riêng của ngành, có khung",
}

QUALITIES: dict[str, str] = {
    "clean": "quét sạch 300 dpi",
    "office": "quét văn phòng 200-300 dpi, dấu đỏ",
    "poor": "bản photo, fax 150-200 dpi",
    "digital": "PDF sinh từ phần mềm, có lớp chữ",
    "hybrid": "lớp chữ thiếu số và ngày (vẽ bằng ảnh)",
    "shifted": "lớp chữ lệch mã",
    "tcvn3": "lớp chữ mã TCVN3 (ABC)",
    "vni": "lớp chữ mã VNI",
    "badocr": "ảnh quét kèm lớp OCR hỏng",
    "photo": "ảnh chụp bằng điện thoại (chỉ khi được gọi tên)",
    "docx": "tệp DOCX",
    "txt": "tệp văn bản thuần",
}

DEFAULT_QUALITIES: tuple[str, ...] = ("clean", "office", "poor", "digital")
TEXT_LAYERS: tuple[str, ...] = ("digital", "hybrid", "shifted", "tcvn3", "vni")
"""Qualities that are PDFs with drawn text rather than pictures."""
