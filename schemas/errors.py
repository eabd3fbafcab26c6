"""Every error we raise on purpose.

* SohoaError                 code for logs, Vietnamese hint for the operator
  + DocumentError            this paper: quarantine it, go on with the batch   (E1xx)
  + MachineError             this computer: stop now, say what to install      (E2xx)
  + Refused                  somebody asked for what the rules forbid          (E3xx)

Messages never hold personal data: file names, sizes and codes only.
"""

from __future__ import annotations

from collections.abc import Mapping


class SohoaError(Exception):
    """Base of all. ``detail`` is appended to the hint in brackets when given."""

    code = "E000"
    hint = "Lỗi không xác định."
    retry = "Chạy lại lệnh; nếu vẫn lỗi, gửi mã lỗi này cho người quản trị."

    def __init__(self, detail: str = "") -> None:
        self.detail = detail
        super().__init__(f"{self.code}: {self.message}")

    @property
    def message(self) -> str:
        """The Vietnamese sentence shown to people."""
        return f"{self.hint} ({self.detail})" if self.detail else self.hint

    def __reduce__(self) -> tuple[type[SohoaError], tuple[str]]:
        return (type(self), (self.detail,))  # errors cross process borders


class DocumentError(SohoaError):
    """This paper cannot be digitized as it is: quarantine it and go on."""

    code = "E100"
    hint = "Không xử lý được tài liệu này."


class EmptyFile(DocumentError):
    code = "E101"
    hint = "Tệp rỗng, không có nội dung."
    retry = "Quét hoặc sao chép lại tệp rồi nạp lại."


class EncryptedFile(DocumentError):
    code = "E102"
    hint = "Tệp có mật khẩu. Hãy gỡ mật khẩu rồi nạp lại."
    retry = "Gỡ mật khẩu rồi nạp lại tệp."


class WrongContent(DocumentError):
    code = "E103"
    hint = "Nội dung tệp không đúng với phần mở rộng của tên tệp."
    retry = "Kiểm tra lại tệp nguồn, đổi đúng phần mở rộng rồi nạp lại."


class BrokenFile(DocumentError):
    code = "E104"
    hint = "Tệp bị hỏng hoặc bị cắt cụt, không mở được."
    retry = "Quét hoặc xuất lại tệp rồi nạp lại."


class TooManyPages(DocumentError):
    code = "E105"
    hint = "Tệp có quá nhiều trang."
    retry = "Tách tệp thành nhiều tệp nhỏ, hoặc nâng SOHOA_MAX_PAGES rồi nạp lại."


class TooLarge(DocumentError):
    code = "E106"
    hint = "Trang hoặc ảnh quá lớn so với giới hạn an toàn."
    retry = "Quét lại ở độ phân giải 200-300 dpi rồi nạp lại."


class UnsafeArchive(DocumentError):
    code = "E107"
    hint = "Tệp nén không an toàn (bom nén, đường dẫn lạ hoặc quá nhiều tệp)."
    retry = "Giải nén bằng tay, kiểm tra rồi nạp thư mục."


class UnsupportedFormat(DocumentError):
    code = "E108"
    hint = "Định dạng tệp chưa được hỗ trợ."
    retry = "Chuyển sang PDF, JPEG, PNG, TIFF, DOCX hoặc TXT rồi nạp lại."


class UnreadableFile(DocumentError):
    code = "E109"
    hint = "Không đọc được tệp hoặc thư mục (thiếu quyền hoặc lỗi đĩa)."
    retry = "Cấp quyền đọc rồi nạp lại."


class FileChanged(DocumentError):
    code = "E110"
    hint = "Tệp bị thay đổi trong khi đang đọc."
    retry = "Đợi quét xong rồi chạy lại lệnh."


class SecretPaper(DocumentError):
    code = "E111"
    hint = "Tài liệu có dấu mật: không được số hóa, nội dung không được lưu hay lập chỉ mục."
    retry = (
        "Chuyển cho người có thẩm quyền quyết định; nếu nhận nhầm, nạp lại với xác nhận của người đó: "
        "sohoa run TỆP --not-secret --by 'HỌ TÊN, CHỨC VỤ' --reason 'CĂN CỨ'."
    )


class NothingReadable(DocumentError):
    code = "E112"
    hint = "Không đọc được chữ nào trên các trang của tài liệu."
    retry = "Kiểm tra bản quét (trang trắng, quá mờ) rồi quét lại."


class ReaderCrashed(DocumentError):
    code = "E113"
    hint = "Bộ đọc dừng đột ngột khi xử lý tài liệu này."
    retry = "Chạy lại; nếu lặp lại, chuyển tệp sang PDF khác rồi nạp lại."


class ReaderTimeout(DocumentError):
    code = "E114"
    hint = "Xử lý tài liệu quá thời gian cho phép."
    retry = "Tách tệp nhỏ hơn hoặc nâng SOHOA_DOCUMENT_TIMEOUT rồi nạp lại."


class OutputInvalid(DocumentError):
    code = "E115"
    hint = "Bản PDF/A tạo ra không đạt kiểm tra chuẩn, nên không được tính là xong."
    retry = "Chạy lại; nếu lặp lại, gửi mã lỗi cho người quản trị."


class NotAResult(DocumentError):
    code = "E116"
    hint = "Người rà soát xác định đây không phải kết quả giải quyết thủ tục hành chính."
    retry = "Nếu xác định nhầm, người kiểm tra mở lại hồ sơ tại bàn rà soát."


class RemovedByPerson(DocumentError):
    code = "E117"
    hint = "Hồ sơ đã được người có quyền đưa ra khỏi danh mục, có ghi lý do; bản gốc vẫn được giữ."
    retry = "Người kiểm tra mở lại hồ sơ tại bàn rà soát."


class Recut(DocumentError):
    code = "E118"
    hint = "Các trang của tệp này đã được tách hoặc ghép thành hồ sơ khác; bản gốc vẫn được giữ."
    retry = "Tìm hồ sơ mới trong lịch sử của hồ sơ này."


class MachineError(SohoaError):
    """This machine lacks something: stop the run and say what mends it."""

    code = "E200"
    hint = "Máy thiếu điều kiện để chạy."


class ToolMissing(MachineError):
    code = "E201"
    hint = "Thiếu công cụ hoặc dữ liệu ngôn ngữ. Chạy: apt-get install tesseract-ocr tesseract-ocr-vie"


class StoreUnreachable(MachineError):
    code = "E202"
    hint = "Không kết nối được kho lưu trữ. Kiểm tra SOHOA_STORE_URL và máy chủ kho."


class DiskFull(MachineError):
    code = "E203"
    hint = "Hết dung lượng đĩa. Hãy giải phóng đĩa rồi chạy lại; các tài liệu đã xong được giữ nguyên."


class CatalogueLocked(MachineError):
    code = "E204"
    hint = "Cơ sở dữ liệu đang bị khóa bởi tiến trình khác. Đợi tiến trình đó xong rồi chạy lại."


class CatalogueUnreachable(MachineError):
    code = "E205"
    hint = "Không mở được cơ sở dữ liệu danh mục. Kiểm tra SOHOA_DATABASE_URL."


class BadSettings(MachineError):
    code = "E206"
    hint = "Cấu hình sai."


class StoreCorrupt(MachineError):
    code = "E207"
    hint = "Đối tượng đọc lại từ kho không khớp với bản đã ghi. Dừng để không mất tài liệu."


class FontMissing(MachineError):
    """No font with Vietnamese letters to set office files with."""

    code = "E208"
    hint = "Thiếu phông chữ tiếng Việt. Chạy: apt-get install fonts-croscore fonts-dejavu"


class PrefectUnreachable(MachineError):
    code = "E209"
    hint = "Máy chủ Prefect không trả lời. Kiểm tra SOHOA_PREFECT_API_URL, hoặc đặt SOHOA_PREFECT=never."


class IndexLocked(MachineError):
    code = "E210"
    hint = "Chỉ mục tìm kiếm đang được tiến trình khác ghi. Hồ sơ vẫn được lưu; lần chạy sau sẽ lập chỉ mục bù."


class IndexBroken(MachineError):
    code = "E211"
    hint = "Chỉ mục tìm kiếm hỏng hoặc không ghi được. Chạy: sohoa rebuild"


class Refused(SohoaError):
    """Somebody asked for what the rules forbid."""

    code = "E300"
    hint = "Yêu cầu không được phép."


class RecordNotFound(Refused):
    code = "E301"
    hint = "Không tìm thấy hồ sơ."
    retry = "Kiểm tra lại mã hồ sơ, hoặc tìm bằng `sohoa search`."


class PersonNotFound(RecordNotFound):
    code = "E314"
    hint = "Không có tài khoản này."
    retry = "Xem tên đăng nhập bằng `sohoa user list`, hoặc ở trang Người dùng."


class AmbiguousRecord(Refused):
    code = "E302"
    hint = "Tiền tố này khớp nhiều hồ sơ; hãy gõ dài hơn."


class ObjectNotFound(Refused):
    code = "E303"
    hint = "Không tìm thấy đối tượng trong kho."


class ObjectExists(Refused):
    code = "E304"
    hint = "Đối tượng đã có trong kho với nội dung khác; bản gốc không bao giờ bị ghi đè."


class NotAllowed(Refused):
    code = "E305"
    hint = "Tài khoản này không có quyền làm việc đó."
    retry = "Hỏi người quản trị về vai trò và phạm vi của tài khoản."


class LeaseLost(Refused):
    code = "E306"
    hint = "Hồ sơ đã được trả lại hàng đợi hoặc người khác đang giữ; phần vừa gõ chưa được lưu."
    retry = "Mở lại hàng đợi và nhận hồ sơ khác."


class InvalidValue(Refused):
    """``problems``: item -> why its value cannot be taken, where several were given together."""

    code = "E307"
    hint = "Giá trị gõ vào không hợp lệ."
    retry = "Sửa giá trị theo gợi ý rồi gửi lại."

    def __init__(self, detail: str = "", problems: Mapping[str, str] | None = None) -> None:
        self.problems = dict(problems or {})
        super().__init__(detail)


class LoginFailed(Refused):
    code = "E308"
    hint = "Tên đăng nhập hoặc mật khẩu không đúng, hoặc tài khoản đang bị khóa."
    retry = "Gõ lại; sau nhiều lần sai, đợi hết thời gian khóa hoặc nhờ người quản trị."


class PersonTaken(Refused):
    code = "E309"
    hint = "Tên đăng nhập này đã có hoặc không hợp lệ."
    retry = "Chọn tên khác: chữ thường không dấu, chữ số, dấu chấm hoặc gạch nối."


class WeakPassword(Refused):
    code = "E310"
    hint = "Mật khẩu phải từ 12 ký tự, không chứa tên đăng nhập và không quá dễ đoán."
    retry = "Chọn mật khẩu dài hơn, ví dụ bốn từ không liên quan nhau."


class PagesRefused(Refused):
    code = "E311"
    hint = "Không tách, ghép hay xoay được các trang này."
    retry = "Xem lại danh sách trang: mỗi trang đúng một lần, hồ sơ gốc là PDF hoặc ảnh."


class GroupRefused(Refused):
    code = "E312"
    hint = "Trang kiểm nhóm bị trả lại: có giá trị sai được cài vào mà chưa bị gạch."
    retry = "Xem chậm hơn: so từng ảnh với giá trị bên dưới, gạch mọi giá trị sai."


class KeyingBlind(Refused):
    """Who keys a paper blind must not read the machine's values of it meanwhile."""

    code = "E313"
    hint = "Hồ sơ đang trên bàn rà soát của chính tài khoản này và được gõ từ ảnh, nên giá trị máy đọc tạm ẩn."
    retry = "Gõ xong hoặc trả hồ sơ lại hàng đợi, rồi mở lại trang này."


class BadTable(Refused):
    """The detail names row and column."""

    code = "E331"
    hint = "Bảng nhập không đúng mẫu, chưa dòng nào được nhận."
    retry = "Tải mẫu bằng `sohoa plan template`, sửa các dòng được nêu rồi nhập lại."


class UnknownTask(Refused):
    code = "E332"
    hint = "Không có nhiệm vụ này trong kế hoạch."
    retry = "Xem mã nhiệm vụ bằng `sohoa plan tasks`."
