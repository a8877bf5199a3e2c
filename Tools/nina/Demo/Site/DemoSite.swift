/// A small web site in memory: one page, an icon and fifteen pictures.
///
/// The pictures are generated when the site is created. They are not compressed, so that the site has about a megabyte
/// and its transfer takes a visible time.
struct DemoSite {
    /// The content of one path.
    struct Resource {
        /// The value of the `Content-Type` header.
        let contentType: String
        let body: [UInt8]
    }

    private var resources: [String: Resource] = [:]

    /// - Parameter watch: where the frames can be seen; nil where they cannot.
    init(_ module: DemoModule, watch: String? = nil) {
        let html = Page.html(Gallery.pictures, module, watch)
        let page = Resource(contentType: "text/html; charset=utf-8", body: Array(html.utf8))
        resources["/"] = page
        resources["/index.html"] = page
        resources["/style.css"] = Resource(contentType: "text/css; charset=utf-8", body: Array(Page.style.utf8))
        resources["/script.js"] = Resource(contentType: "text/javascript; charset=utf-8", body: Array(Page.script.utf8))
        resources["/icon.svg"] = Resource(contentType: "image/svg+xml", body: Array(Page.icon.utf8))
        for picture in Gallery.pictures {
            resources[picture.path] = Resource(contentType: "image/bmp", body: picture.bitmap())
        }
    }

    /// The resource at the path of a request; a query after the path is ignored.
    func resource(at path: String) -> Resource? { resources[String(path.prefix { $0 != "?" && $0 != "#" })] }
}
