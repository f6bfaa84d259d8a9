package dev.levitstream.picture;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The formats of pictures, each known by its first bytes. */
public enum PictureFormat {
    PNG("png", "\u0089PNG\r\n\u001A\n"),
    JPEG("jpeg", "\u00FF\u00D8\u00FF");

    private final String text;
    private final String signature; // a character for each byte

    PictureFormat(String text, String signature) {
        this.text = text;
        this.signature = signature;
    }

    /** Name in lower case, as messages and the readers of the JDK have it. */
    public String text() {
        return text;
    }

    /** Refuses bytes of another format by what they hold; the reason names both. */
    void requireIn(byte[] bytes) {
        if (!begins(bytes)) {
            String found = Arrays.stream(values())
                    .filter(other -> other.begins(bytes))
                    .map(PictureFormat::text)
                    .findFirst()
                    .orElse("unknown");
            throw new PictureException("format", found, "must be " + text + ", the encoding of the record");
        }
    }

    private boolean begins(byte[] bytes) {
        int length = Math.min(bytes.length, signature.length());
        return new String(bytes, 0, length, StandardCharsets.ISO_8859_1).equals(signature);
    }
}
