"use client";

import { Check, Copy } from "lucide-react";
import { useId, useState } from "react";

import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { toast } from "#components/ui/toast.tsx";

/** A link that works once, shown this one time. */
export function OneTimeLink({ url, label, hint }: { url: string; label: string; hint: string }) {
  const id = useId();
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(url);
      setCopied(true);
      toast("Copied.");
    } catch {
      // Browsers refuse it without HTTPS. The link stands there to be selected.
      toast.error("The browser does not let it be copied. Select the link and copy it by hand.");
    }
  };
  return (
    <Field id={id} label={label} hint={hint} className="mt-3">
      <div className="flex gap-2">
        <Input
          id={id}
          readOnly
          value={url}
          aria-describedby={`${id}-help`}
          className="font-mono md:text-sm"
          onFocus={(event) => event.currentTarget.select()}
        />
        <Button onClick={() => void copy()}>
          {isCopied ? <Check aria-hidden /> : <Copy aria-hidden />}
          Copy
        </Button>
      </div>
    </Field>
  );
}
